"""Prompts in memory, for the web."""

from dataclasses import replace

from web.prompt_ports import PromptRow, StudioRecordingRefused, TextRow


class MemoryPrompts:
    """Two sounds; a recording that begins with RIFF is good."""

    def __init__(self):
        row = PromptRow(
            language="zh",
            name="goodbye",
            code="goodbye",
            text="再见。",
            spoken_text="再见。",
            made_from="voice",
            recorded=False,
            duration_ms=900,
            level_dbfs=-20.0,
            missing=False,
            problem="",
        )
        missing = replace(row, language="en", text="Goodbye.", made_from="", missing=True)
        self.rows = {("zh", "goodbye"): row, ("en", "goodbye"): missing}
        self.trouble = ""
        self.by = []

    def texts_in_force(self):
        row = TextRow(
            code="goodbye",
            words={"zh": "再见。", "en": "Goodbye."},
            notice=False,
            flows=("direct",),
            without_service=True,
            refused=False,
        )
        return [row, replace(row, code="recording-notice")]

    def flow_names(self):
        return {"direct": "直通"}

    async def listing(self):
        return list(self.rows.values())

    async def wav(self, language, name):
        row = self.rows.get((language, name))
        return None if row is None or row.missing else b"RIFF....WAVE"

    async def keep(self, language, name, recording, by):
        if not recording.startswith(b"RIFF"):
            raise StudioRecordingRefused(why=f"{name}.wav")
        self.by.append(by)
        self.rows[language, name] = replace(
            self.rows[language, name], made_from="studio", recorded=True, missing=False
        )
        return self.rows[language, name]

    async def drop(self, language, name, by):
        row = self.rows.get((language, name))
        if row is None or row.made_from != "studio":
            return False
        self.rows[language, name] = replace(row, made_from="voice", recorded=False)
        return True
