@echo off
rem Finds a Python for installer\desk.py, which does the rest: desk --help
setlocal
set "HERE=%~dp0"
set "SUITS=import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))"
set PYTHON="%HERE%.venv\Scripts\python.exe"
%PYTHON% -c "%SUITS%" >nul 2>nul && goto found
for %%V in (3.14 3.13 3.12 3.11) do (
    set PYTHON=py -%%V
    py -%%V -c "%SUITS%" >nul 2>nul && goto found
)
set PYTHON=python
%PYTHON% -c "%SUITS%" >nul 2>nul && goto found
echo Hall Desk needs Python 3.11, 3.12, 3.13 or 3.14, and none of them is on this computer.>&2
echo Install it for all users from the Python site or the Microsoft Store, then try again.>&2
exit /b 1

:found
%PYTHON% "%HERE%installer\desk.py" %*
exit /b %ERRORLEVEL%
