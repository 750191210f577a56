"""The words of a line, quoted as in a shell, with the columns they stand at.

Splits as `shlex.split` does, which tells no places.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

#: What `shlex` parts words at.
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands: ``start`` up to, not including, ``end``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OpenQuote:
    """A quote that is never closed stands at ``start``; or the line ends after a backslash."""

    start: int


@dataclass(slots=True)
class _Scan:
    """Goes through a line once."""

    line: str
    place: int = 0
    words: list[Word] = field(default_factory=list)

    def words_of_line(self) -> list[Word] | OpenQuote:
        while True:
            while self.place < len(self.line) and self.line[self.place] in _SPACE:
                self.place += 1
            if self.place >= len(self.line):
                return self.words
            start = self.place
            text = self._word()
            if text is None:
                return OpenQuote(self.place)
            self.words.append(Word(text, start, self.place))

    def _word(self) -> str | None:
        parts: list[str] = []
        while self.place < len(self.line) and self.line[self.place] not in _SPACE:
            sign = self.line[self.place]
            if sign in "'\"":
                quoted = self._quoted(sign)
                if quoted is None:
                    return None
                parts.append(quoted)
            elif sign == "\\":
                if self.place + 1 >= len(self.line):
                    return None
                parts.append(self.line[self.place + 1])
                self.place += 2
            else:
                parts.append(sign)
                self.place += 1
        return "".join(parts)

    def _quoted(self, quote: str) -> str | None:
        body = r'"((?:[^"\\]|\\.)*)"' if quote == '"' else r"'([^']*)'"
        match = re.compile(body, re.DOTALL).match(self.line, self.place)
        if match is None:
            return None
        self.place = match.end()
        return re.sub(r'\\(["\\])', r"\1", match[1]) if quote == '"' else match[1]


def split_words(line: str) -> list[Word] | OpenQuote:
    """The words of *line*, or the quote that is left open."""
    return _Scan(line).words_of_line()


def quote(text: str) -> str:
    """*text* as one word, in double quotes where quotes are needed and those will do."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text):
        return text
    if not re.search(r'["\\$`!]', text):
        return f'"{text}"'
    return shlex.quote(text)
