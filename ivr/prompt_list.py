"""Every sound that texts and spoken values need, by language. 提示音清单"""

from collections.abc import Mapping
from types import MappingProxyType

from ivr.spoken import LANGUAGES, part_words
from ivr.texts import Texts, Words


def needed_sounds(texts: Texts) -> Mapping[str, Mapping[str, Words]]:
    """For each language that any text has: the words of each sound, by the name of its file.

    The parts of values come with it only where a text of the language has a value to speak.
    """
    languages = sorted({language for text in texts.values() for language in text.words})
    found = {}
    for language in languages:
        sounds: dict[str, Words] = {}
        for text in texts.values():
            sounds.update(text.prompts(language))
        if language in LANGUAGES and any(text.slots(language) for text in texts.values()):
            for name, words in part_words(language).items():
                sounds[name] = Words(words=words, language=language)
        found[language] = MappingProxyType(sounds)
    return MappingProxyType(found)
