"""What a page shows, made ready for its template. One module per kind of page.

A newcomer's likely mistake: deciding here whether something is allowed. These modules ask
`enforce.refusal()`, which is the endpoint's own policy, and show its sentence.
"""
