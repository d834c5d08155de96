"""Reports for people: in a terminal (`text`) and as a page (`html`).

Both show the same `view.View` of a report and the same `rows.Row` of many. Nothing here decides:
what is shown is what the report holds, put into words by `service.i18n`.
"""
