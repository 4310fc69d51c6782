"""The text of a printed page: Chromium writes glyphs, and beside them what they stand for."""

from __future__ import annotations

import re
import zlib


def text_of(pdf):
    """Text of a PDF as Chromium makes it; what is broken off at the end of a line has no space."""
    objects = {
        int(number): body
        for number, body in re.findall(rb"(\d+) 0 obj\s(.*?)endobj", pdf, re.DOTALL)
    }
    fonts = {
        number: _letters(_stream(objects[int(table[1])]))
        for number, body in objects.items()
        if (table := re.search(rb"/ToUnicode (\d+) 0 R", body))
    }
    found = []
    for body in objects.values():
        if re.search(rb"/Type\s*/Page\b", body):
            named = dict(re.findall(rb"/(F\d+) (\d+) 0 R", body))
            letters = {name.decode(): fonts.get(int(font), {}) for name, font in named.items()}
            for contents in re.findall(rb"/Contents (\d+) 0 R", body):
                found += _written(_stream(objects[int(contents)]), letters)
    return "".join(found)


def _stream(body):
    raw = body.split(b"stream", 1)[1].lstrip(b"\r\n").rsplit(b"endstream", 1)[0]
    return (zlib.decompress(raw) if b"FlateDecode" in body else raw).decode("latin-1")


def _letters(table):
    """What each glyph of a font stands for."""
    found = {}
    for part in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, letters in re.findall(r"<(\w+)>\s*<(\w+)>", part):
            found[int(glyph, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    for part in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letter in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", part):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(int(letter, 16) + step)
    return found


def _written(contents, fonts):
    """Text of a page, in the order in which it is written."""
    letters = {}
    for font, shown in re.findall(r"/(F\d+) [\d.]+ Tf|(<\w+>|\[[^\]]*\]) T[jJ]", contents):
        if font:
            letters = fonts.get(font, {})
            continue
        for glyphs in re.findall(r"<(\w+)>", shown):
            for place in range(0, len(glyphs), 4):
                yield letters.get(int(glyphs[place : place + 4], 16), "")
