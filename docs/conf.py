"""How the site of the documents is built; `build.py` beside it is what `make docs` runs."""

project = "callbacksim"
copyright = ""
html_show_copyright = html_show_sphinx = html_show_sourcelink = False
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]

# Markdown as it is in the project; headings can be linked to.
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # a page may begin a section two levels down

# Docstrings: `name` is code. Types are written as in the source, and short.
highlight_language = "none"  # a block without a language is a screen or a command
default_role = "literal"
add_module_names = False
python_use_unqualified_type_names = True
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}

html_theme = "alabaster"
html_title = "callbacksim"
html_theme_options = {
    "description": "Simulates phone-callback survey campaigns 智能语音回访仿真",
    "page_width": "1300px",
    "font_family": "sans-serif",
    "body_max_width": "none",
    "fixed_sidebar": True,
}
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_sidebars = {"**": ["about.html", "navigation.html", "searchfield.html"]}
