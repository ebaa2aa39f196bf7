"""What administrators edit as a whole: TOML documents, one kind to a file. 规则文件

Pure: text in, rules and problems out. Every problem has its line, a code and a Chinese reason.
"""
