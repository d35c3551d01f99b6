"""The joint plan of a mass rescue: many encounters over ports with places and landing rates.

Read in this way: `request` (what may be asked), `propose` (decisions to a proposal), `problem` (the numbers),
`landing` (what a spread of loads means, exactly), `greedy` (what it is held against), `search` (`optimum`: `worst`,
then `total`; `shortage`: what is missing), then `document` and `text`. `worker` and `solver` do the search elsewhere.

It proposes; accepting is for people, one encounter at a time.
"""
