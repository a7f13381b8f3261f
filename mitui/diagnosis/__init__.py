"""From a failure to its cause, the remedy and the commands; and which source each SDK would pick here."""
