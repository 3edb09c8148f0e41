"""Reads Javanese letters as Latin ones, as far as a keyword or the matter of a report needs it.

Source: The Unicode Standard, block Javanese (A980 to A9DF), and its chapter 17.4 on how vowel signs follow consonants.
"""

_LETTERS = dict(
    zip(
        map(chr, range(0xA984, 0xA9B3)),
        [
            *(
                "a",
                "i",
                "i",
                "i",
                "u",
                "re",
                "le",
                "le",
                "e",
                "ai",
                "o",
                "ka",
                "ka",
                "ka",
                "ga",
                "ga",
                "nga",
                "ca",
                "ca",
            ),
            *(
                "ja",
                "nya",
                "ja",
                "nya",
                "tha",
                "tha",
                "dha",
                "dha",
                "na",
                "ta",
                "ta",
                "da",
                "da",
                "na",
                "pa",
                "pa",
                "ba",
            ),
            *("ba", "ma", "ya", "ra", "ra", "la", "wa", "sa", "sa", "sa", "ha"),
        ],
        strict=True,
    )
)
_VOWELS = {
    "\ua9b5": "o",
    "\ua9b6": "i",
    "\ua9b7": "i",
    "\ua9b8": "u",
    "\ua9b9": "u",
    "\ua9ba": "e",
    "\ua9bb": "ai",
    "\ua9bc": "e",
}
_MEDIALS = {"\ua9bd": "re", "\ua9be": "ya", "\ua9bf": "ra"}
_FINALS = {"\ua980": "m", "\ua981": "ng", "\ua982": "r", "\ua983": "h"}
_DIGITS = {chr(0xA9D0 + digit): str(digit) for digit in range(10)}
_TALING, _TARUNG, _PANGKON = "\ua9ba", "\ua9b4", "\ua9c0"
# Before c and j the nasal is written ny and read n.
_NASALS = (("nyc", "nc"), ("nyj", "nj"))


def is_javanese(text: str) -> bool:
    """Whether any letter is a Javanese one."""
    return any("\ua980" <= letter <= "\ua9df" for letter in text)


def latin(word: str) -> str:
    """A word in Latin letters: "ꦭꦩ꧀ꦥꦸ" is "lampu". Letters of other scripts stay as they are; nothing else is raised."""
    out, before = "", ""
    for letter in word:
        if letter in _LETTERS:
            out += _LETTERS[letter]
        elif letter in _DIGITS:
            out += _DIGITS[letter]
        elif letter in _VOWELS:
            out = out.removesuffix("a") + _VOWELS[letter]
        elif letter == _TARUNG:
            # With taling it is o, alone it only draws the vowel out.
            out = out.removesuffix("e") + "o" if before == _TALING else out
        elif letter in _MEDIALS:
            out = out.removesuffix("a") + _MEDIALS[letter]
        elif letter in _FINALS:
            out += _FINALS[letter]
        elif letter == _PANGKON:
            out = out.removesuffix("a")
        elif not is_javanese(letter):
            out += letter
        before = letter
    for written, spoken in _NASALS:
        out = out.replace(written, spoken)
    # A vowel that begins a word leans on a ha that nobody speaks.
    return out[1:] if word[:1] == "\ua9b2" else out
