package duck

import (
	"context"
	"errors"
	"strings"
	"testing"

	"logsql/sql/syntax"
)

// Nothing that DuckDB says reaches a user: each class has Trino's code and words.
func TestTranslations(t *testing.T) {
	for text, want := range map[string]string{
		"Out of Range Error: Overflow in addition of DECIMAL(38) (9 + 9);":                               "NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow",
		"Conversion Error: Failed to cast decimal value 300 to type INT8\n\nLINE 1":                      "INVALID_CAST_ARGUMENT: Cannot cast '300' to TINYINT",
		"Conversion Error: Could not convert string 'x' to INT32":                                        "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INTEGER",
		"Conversion Error: invalid date field format: \"x\", expected format is (YYYY-MM-DD)":            "INVALID_CAST_ARGUMENT: Value cannot be cast to date: x",
		"Out of Range Error: Invalid RANGE PRECEDING value":                                              "INVALID_WINDOW_FRAME: Window frame offset value must not be negative or null",
		"Out of Memory Error: failed to allocate data of size 16.0 MiB (274.2 MiB/286.1 MiB used)":       "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded the memory it may use, and could not go on from disk",
		"Out of Memory Error: failed to offload data block (x): max_temp_directory_size":                 "EXCEEDED_SPILL_LIMIT: Query exceeded the space there is for what does not fit in memory",
		"IO Error: Could not write file \"/t/x\": No space left on device":                               "EXCEEDED_SPILL_LIMIT: Query exceeded the space there is for what does not fit in memory",
		"IO Error: No files found that match the pattern \"/m/a.parquet\"":                               "HIVE_FILE_NOT_FOUND: /m/a.parquet is not in the mirror any more",
		"IO Error: Cannot open file \"/m/a.parquet\": No such file or directory":                         "HIVE_FILE_NOT_FOUND: /m/a.parquet is not in the mirror any more",
		"IO Error: Cannot open file \"/m/a.parquet\": Permission denied":                                 "HIVE_CANNOT_OPEN_SPLIT: /m/a.parquet cannot be opened: Permission denied",
		"Invalid Input Error: No magic bytes found at end of file '/m/a.parquet'":                        "HIVE_BAD_DATA: /m/a.parquet is not a valid Parquet file: its end is missing",
		"Invalid Input Error: File '/m/a.parquet' too small to be a Parquet file":                        "HIVE_BAD_DATA: /m/a.parquet is not a valid Parquet file: it is too short",
		"Invalid Error: TProtocolException: Invalid data":                                                "HIVE_BAD_DATA: A file of the table is not a valid Parquet file",
		"Permission Error: Cannot access file \"/x\" - file system operations are disabled":              "HIVE_CANNOT_OPEN_SPLIT: A file of the table cannot be read",
		"Binder Error: No function matches":                                                              "NOT_SUPPORTED: This is not supported yet",
		"Conversion Error: Cannot cast list with length 2 to array with length 1":                        "INVALID_CAST_ARGUMENT: Value cannot be cast",
		"Out of Range Error: cannot take logarithm of zero":                                              "NUMERIC_VALUE_OUT_OF_RANGE: Value is out of range",
		"Invalid Input Error: Lists larger than 2^32 elements are not supported":                         "INVALID_FUNCTION_ARGUMENT: The result is larger than a value can be",
		"INTERNAL Error: Attempted to access index 5 within vector of size 2":                            "GENERIC_INTERNAL_ERROR: logsql met a fault of its own in this statement",
		"Invalid Input Error: " + mark + "DIVISION_BY_ZERO" + mark + "Division by zero" + mark + " more": "DIVISION_BY_ZERO: Division by zero",
	} {
		err := trinoError(context.Background(), errors.New(text))
		if err.Error() != want {
			t.Errorf("%s\n gives %s\n want  %s", text, err, want)
		}
	}
}

func TestFaultsAskToBeReported(t *testing.T) {
	for _, text := range []string{"INTERNAL Error: a\nstack", "Parser Error: b", "Catalog Error: c", "Binder Error: d\n\nLINE 1: e"} {
		var e *syntax.Error
		errors.As(trinoError(context.Background(), errors.New(text)), &e)
		if e == nil || !strings.Contains(e.Hint, "please report the statement, with: "+firstLine(text)) || strings.Contains(e.Msg, firstLine(text)) {
			t.Errorf("%s gives %+v", text, e)
		}
	}
}
