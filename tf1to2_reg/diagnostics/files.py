"""TFR9xx: files that could not be used or written."""

from __future__ import annotations

from tf1to2_reg.diagnostics.page import Page

PAGES = (
    Page(
        "TFR901",
        "file does not parse",
        why="""\
Python itself cannot parse the file, so nothing can be said about what it does. Programs that need it may be
refused; all other files are processed.""",
        help="Correct the file, or leave it out with `--exclude`.",
    ),
    Page(
        "TFR902",
        "file is Python 2",
        why="""\
The file has statements or literals that only Python 2 knows. TensorFlow 2 runs on Python 3 alone, so the file has
to become Python 3 first. That is a migration of its own, which this tool leaves to those made for it.""",
        help="Port the file to Python 3 (2to3, futurize, or by hand), run the program on TF1, then migrate it.",
        before="""\
print "step", step
""",
        after="""\
print("step", step)
""",
    ),
    Page(
        "TFR903",
        "file cannot be decoded",
        why="""\
A Python file is UTF-8 unless it says otherwise in one of its first two lines (PEP 263). This file is neither UTF-8
nor what it declares, or declares an encoding that does not exist. Python does not run it either.""",
        help="Declare the encoding it has in the first line, or save it as UTF-8.",
        after="# -*- coding: latin-1 -*-\n",
    ),
    Page(
        "TFR904",
        "file or folder cannot be read",
        why="The system did not let the tool read the file or list the folder; the message has its reason.",
        help="Correct the permissions, or leave it out with `--exclude`.",
    ),
    Page(
        "TFR905",
        "file cannot be written",
        why="""\
The file is read-only, or its folder does not take new files (each file is written beside the old one and put into
its place). A program is written as a whole or not at all, so all its files are as they were.""",
        help="Make the file and its folder writable and run the command again.",
    ),
    Page(
        "TFR906",
        "file changed while the tool ran",
        why="""\
Between reading and writing something else changed or removed the file. Writing would have lost that change. All
files of the program are as they were apart from it.""",
        help="Run the command again.",
    ),
    Page(
        "TFR907",
        "writing failed",
        why="""\
The disk is full, the quota is used up, or the device failed. New contents are written and flushed beside the old
files first, so all files of the program are as they were.""",
        help="Free some space and run the command again.",
    ),
    Page(
        "TFR908",
        "uncommitted changes",
        why="""\
`rewrite` would touch files that have changes which git does not have, or that git does not know. Your changes and
the tool's would be mixed, and `git checkout` could not part them. Nothing at all was written.""",
        help="Commit or stash the changes, or give `--allow-dirty`.",
    ),
    Page(
        "TFR909",
        "symbolic link leads nowhere or outside",
        why="""\
A link found in a folder leads to nothing, or to a place outside the given paths. What is outside was not given, so
it is neither read nor written.""",
        help="Give the link's target as a path too, remove the link, or leave it out with `--exclude`.",
    ),
    Page(
        "TFR910",
        "migrated text failed a check",
        why="""\
Before anything is written the new text must parse, compile, stay the same when migrated again, and have no TF1 name
left. It did not: this is a defect of the tool, found before it did any harm. The program is as it was.""",
        help="Please report it with the program, or the part of it around the message.",
    ),
    Page(
        "TFR911",
        "a rewrite was stopped while it wrote",
        why="""\
An earlier `rewrite` was killed between the first file of a program and the last, so part of the program is migrated
and part is not. Nothing can be said about such a program. The old content of every file is kept.""",
        help="Run `tf1to2-reg rewrite` again, which first takes back what was begun, or `tf1to2-reg undo`.",
    ),
    Page(
        "TFR912",
        "file changed since the rewrite",
        why="""\
The file is neither as the rewrite left it nor as it was before, so putting the old content back would lose what was
done since. Nothing at all was put back.""",
        help="Take your changes out of the file (keep a copy), run `undo` again, then apply them to the old text.",
    ),
    Page(
        "TFR913",
        "another run writes here",
        why="""\
Another `rewrite` or `undo` is writing files of the same repository and did not come to an end within ten seconds. Two
that write at once could each leave half a program.""",
        help="Wait for the other run, then run the command again.",
    ),
    Page(
        "TFR914",
        "found, but left out",
        why="""\
What lies in a Python environment, among installed packages or in a folder that setuptools built is not the program's
own text, and a link that leads to nothing holds none. It never changes the exit code.""",
        help="To have it looked at all the same, give it as a path of its own.",
    ),
    Page(
        "TFR915",
        "file is nested too deeply",
        why="""\
An expression or a chain of `elif` has so many parts that the tool, which walks through them one inside the other, ran
out of room (thousands, not hundreds). The file is not looked at; all others are processed.""",
        help="Write the long expression as a loop or a table, or leave the file out with `--exclude`.",
    ),
    Page(
        "TFR916",
        "notebook cannot be read",
        why="""\
A notebook is read if it is JSON of format 4 whose kernel is Python and that has a cell of code. Other languages have
no TensorFlow 1 to migrate; notebooks of format 3 and earlier are converted by Jupyter.""",
        help="Save it with a current Jupyter (`jupyter nbconvert --to notebook`), or leave it out with `--exclude`.",
    ),
    Page(
        "TFR917",
        "notebook does what cannot be seen",
        why="""\
All cells in their order are read as one program. Lines for the shell and the magics that leave the program's names
alone are kept as they are. `%run`, `%pylab`, `%%timeit` and magics that are not known may do anything, `await` outside
of a function is for the notebook's own event loop, and `_`, `Out` and `In` depend on what was run before.""",
        help="Write it as Python (`import` in place of `%run`), or leave the notebook out with `--exclude`.",
        after="from helpers import network  # %run helpers.py\n",
    ),
    Page(
        "TFR918",
        "migrated text does not fit into the cells",
        why="""\
A migrated notebook has the same cells as before, and what a cell shows, the value of its last expression, stays what
it was. Here statements of several cells would become one, or the last expression of a cell would be another one.""",
        help="""\
Put the parts of the network, or of the training, into one cell; end a cell whose value nobody needs with a
semicolon, or give the value a name.""",
        before="sess.run(train_op)  # the last line of a cell, which shows its value\n",
        after="done = sess.run(train_op)\n",
    ),
)
