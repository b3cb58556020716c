"""Philox4x32-10 in NumPy: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.3 and table 2."""

import numpy as np

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
WORD = np.uint64(0xFFFFFFFF)


def split(number):
    return np.uint64(number & 0xFFFFFFFF), np.uint64(number >> 32)


def blocks(seed, stream, counters):
    """Four words for each 64-bit counter, shape (counters, 4): it is the low half of Philox's, `stream` the high one, `seed` the key."""
    counters = np.asarray(counters, dtype=np.uint64)
    zero = np.zeros_like(counters)
    low, high = counters & WORD, counters >> np.uint64(32)
    words = [low, high, *(zero + half for half in split(stream))]
    key = list(split(seed))
    for _ in range(10):
        first, second = (np.uint64(factor) * word for factor, word in zip(MULTIPLIERS, (words[0], words[2]), strict=True))
        words = [
            (second >> np.uint64(32)) ^ words[1] ^ key[0],
            second & WORD,
            (first >> np.uint64(32)) ^ words[3] ^ key[1],
            first & WORD,
        ]
        key = [(half + np.uint64(step)) & WORD for half, step in zip(key, KEY_STEPS, strict=True)]
    return np.stack(words, axis=-1)
