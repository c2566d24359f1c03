"""Chinese text as words, for scorers that compare texts."""

import unicodedata

import rjieba


def tokens(text: str) -> list[str]:
    """The words of a text, in order, in one spelling.

    Full-width forms become half-width and capitals small (Unicode NFKC, then lower case); words
    are cut by jieba's dictionary and hidden Markov model; what holds neither a letter nor a
    digit (spaces, punctuation, emoji) is left out. Technical names such as ``c++`` and
    ``node.js`` stay whole. Traditional characters stay as they are.

    >>> tokens("Ｐｙｔｈｏｎ数据分析，八段锦入门！")
    ['python', '数据分析', '八段锦', '入门']
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    return [word for word in rjieba.cut(plain) if any(letter.isalnum() for letter in word)]
