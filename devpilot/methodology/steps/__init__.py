"""The steps as declared, one module each: fields, columns, limits, labels, hints.

Owns the words a user reads above each control, and the public ids. A newcomer's likely
mistake: to rename an id. Ids are form field names and export keys that people's scripts
rely on; labels and hints may change freely.
"""
