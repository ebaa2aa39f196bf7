# Only abbreviates bin/hotline.
.PHONY: run demo test check bench
run demo test check bench:
	bin/hotline $@
