"""Run mitui as ``python -m mitui``."""

from mitui.cli import run

if __name__ == "__main__":
    run()
