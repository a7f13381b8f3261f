"""The one screen that stays: `screen` owns the panes and bars, and parts that each do one thing.

`arranger` says where the panes are and which has the focus, `stage` what is looked at and drawn; `moves`, `requests`,
`pages`, `dialogs`, `copying` and `enter` are what the keys do. The table of keys (`mitui.tui.keys.actions`) names the
part and the method of each action.
"""
