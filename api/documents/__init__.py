"""Views of a decision document: each is made from the whole one, live or as it was recorded.

`brief` is what a person or a page needs, `line` one sentence for a messenger, `tracks` the routes as GeoJSON and GPX,
`language` leaves the texts of the languages asked for.
"""
