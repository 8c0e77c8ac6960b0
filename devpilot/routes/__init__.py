"""One Flask blueprint per service. A view is a policy, one call, an answer.

A newcomer's likely mistake: an `if` about permission in a view. It belongs into a guard
that the view's policy names.
"""
