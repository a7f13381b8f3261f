"""Which runtime a process is and which identity SDKs it carries, from files alone; the process is never asked.

To add a runtime, add a module with one function as the others have it, its packages to `packages`, and the function to
`inspection`.
"""
