"""The living page of components, for who builds the interface: `page` draws it.

The rest is what it is drawn from: `tokens` out of the style sheet, and plain data for what any
page shows (`anywhere`), for the fields of a step (`fields`), for the rest of its page (`steps`)
and for the AI (`suggestions`).
"""
