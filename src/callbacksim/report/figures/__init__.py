"""The page's pictures as files of their own, for papers and slides: ``--figures DIR``."""

from callbacksim.report.figures.build import Picture, figures

__all__ = ["Picture", "figures"]
