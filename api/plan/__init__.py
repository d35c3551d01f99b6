"""The joint plan of a mass rescue: many encounters over ports with places and landing rates.

Read in this sequence: `request` (what may be asked), `propose` (decisions to a proposal), then `summary`, `document`,
`text` and `page`. Between them stands `solver`: `problem` (the numbers), `schedule` (what a spread of loads means,
exactly), `greedy` (what it is held against), `search` (`solve`: `makespan` by `configurations` or `model`, then
`total_time` with `cuts`; `infeasibility`: what is missing). `solver_process` and `solver_worker` do it elsewhere.

It proposes; accepting is for people, one encounter at a time.
"""
