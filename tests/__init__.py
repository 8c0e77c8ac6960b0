"""Tests. `tests/<service>/` holds those of a service, `plugins/` what they stand on."""
