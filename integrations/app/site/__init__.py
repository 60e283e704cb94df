"""The demo company's web site: laid out from its knowledge pages, so that each figure stands in one place."""

from integrations.app.site.building import build_site

__all__ = ["build_site"]
