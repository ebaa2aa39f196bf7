"""Why no Asterisk could be provided. 无法提供 Asterisk 的原因"""


class AsteriskNotProvided(Exception):
    """No usable Asterisk could be found or made. 无法提供 Asterisk"""

    code = "asterisk-not-provided"


class SystemAsteriskMissing(AsteriskNotProvided):
    """No Asterisk of version 20 or later is installed on this machine. 系统未安装 Asterisk"""

    code = "system-asterisk-missing"


class MachineNotSupported(AsteriskNotProvided):
    """The bundle exists for Linux on x86_64 and arm64 only. 不支持的机器架构"""

    code = "bundle-machine-not-supported"


class AptMissing(AsteriskNotProvided):
    """apt-get and dpkg are needed to fetch the bundle and are not here. 缺少 apt"""

    code = "bundle-apt-missing"


class MirrorUnknown(AsteriskNotProvided):
    """The machine's apt sources name no Debian or Ubuntu archive. 未找到软件源"""

    code = "bundle-mirror-unknown"


class KeyringMissing(AsteriskNotProvided):
    """The archive's keyring is missing, so its signatures could not be checked. 缺少签名密钥"""

    code = "bundle-keyring-missing"


class SignatureWrong(AsteriskNotProvided):
    """apt refused the archive's signature. 软件源签名校验失败"""

    code = "bundle-signature-wrong"


class DiskFull(AsteriskNotProvided):
    """Too little room on the disk for the bundle. 磁盘空间不足"""

    code = "bundle-disk-full"


class ArchiveUnreachable(AsteriskNotProvided):
    """The archive could not be reached; what was already downloaded is kept. 软件源不可达"""

    code = "bundle-archive-unreachable"


class BundleBroken(AsteriskNotProvided):
    """The packages were fetched but Asterisk does not run from them. 安装包不可用"""

    code = "bundle-broken"
