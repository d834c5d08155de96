"""The pages: Jinja2 and htmx, in English and French, under a policy that runs no inline script.

Pages show and ask; what they do goes through the same `Service` as the API, with the same scopes.
They work without scripts, but for watching and for keys. `pages` renders, `visitors` knows who is
signed in, and each other module is one place of the menu.
"""
