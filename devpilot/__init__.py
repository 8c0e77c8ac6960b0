"""DevPilot: write a system down before anyone builds it.

The map, from the top; imports point down only:

- `app`, `cli`      put it together: settings, blueprints, commands
- `routes`          one Flask blueprint per service: a policy, one call, an answer
- `pages`           what a page shows, made ready for its template
- `policies`        all endpoints and their stages, as a table
- `enforce`         the one pipeline every endpoint goes through, in eight stages
- `act`             one request on its way through the stages
- `policy`          what an endpoint asks of a request, as data
- `finders`         how a request reaches a row: through its owner
- `remembered`      idempotency keys
- `gate`            what a request passes before stage 1, and who is asking
- `answers`         pages, fragments, redirects and refusals as HTTP
- `headers`, `packing`, `assets`   what every response carries; gzip; static files
- `services`        guards (`ensure_…`) and changes; functions in modules; no Flask
- `verify`          the offline verifier of an export
- `audit`           every invariant that a database can show, over the whole of it
- `invariants`      what must hold of a revision before anything is written
- `adapters`        the outside world: artifacts, payment provider, layout program
- `document`        the blueprint as Markdown, HTML, JSON, pictures and ZIP, from its data alone
- `models`          tables, constraints, facts about one row
- `methodology`     the vocabulary of steps, their definitions and checks; no database, no HTTP
- `states`          statuses and their legal moves, on one page
- `db`, `config`, `provider_settings`, `errors`, `clock`   the ground everything stands on

Read `docs/architecture.md` first, then `routes/steps.py`, then `enforce.py`.
"""
