"""`python -m ptce_analysis` is the command `ptce`."""

from ptce_analysis.cli import main

raise SystemExit(main())
