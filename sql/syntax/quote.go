package syntax

import "strings"

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteString(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
