"""The LibCST kit: files as trees, rules, the rewriting of expressions; knows no plan."""
