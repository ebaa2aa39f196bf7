"""What can go wrong with prompts. 提示音错误"""


class PromptError(Exception):
    """A prompt could not be made. 提示音错误"""

    code = "prompt-error"


class VoiceListWrong(PromptError):
    """The list of voices cannot be used. 音色表错误"""

    code = "voice-list-wrong"


class TextsWithoutNotice(PromptError):
    """The texts do not tell of the recording. 文本缺少录音告知"""

    code = "texts-without-notice"


class StudioRecordingBroken(PromptError):
    """A studio recording cannot be used; the synthetic voice stays. 录音棚文件不可用"""

    code = "studio-recording-broken"


class PromptDiskFull(PromptError):
    """There is no room for the prompts; those that are there stay. 提示音磁盘已满"""

    code = "prompt-disk-full"


class PromptFolderSick(PromptError):
    """The folder of the prompts cannot be written. 提示音目录不可写"""

    code = "prompt-folder-sick"


class PromptsNotMade(PromptError):
    """The process that makes the prompts gave no answer. 提示音制作失败"""

    code = "prompts-not-made"
