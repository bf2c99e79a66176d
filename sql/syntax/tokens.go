package syntax

import "strings"

// Kind is what sort of token a Token is.
type Kind uint8

// The kinds of token. A comment is a token too, so that a highlighter sees all
// of the source but its blanks.
const (
	TokEOF Kind = iota
	TokIllegal
	TokComment
	TokWord          // a keyword or a plain name
	TokQuoted        // "name"
	TokBackquoted    // `name`: Hive's, refused in queries
	TokString        // 'text'
	TokUnicodeString // U&'text'
	TokBinary        // X'00ff'
	TokInteger
	TokDecimal // 1.5
	TokDouble  // 1e5
	TokOp      // operators and punctuation
)

// Token is a piece of source.
type Token struct {
	Kind Kind
	Text string // as in the source
	// Sym is what the grammar knows the token as: a keyword in upper case or
	// an operator ("<>" for "!="); empty for anything else.
	Sym      string
	From, To Pos
	// NewLine marks the first token of a line.
	NewLine bool
	// Reason says what is wrong with a TokIllegal; Open marks one that only
	// lacks its end.
	Reason string
	Open   bool
}

// is reports whether the token is keyword or operator sym.
func (t Token) is(sym string) bool { return t.Sym == sym }

// isName reports whether the token can stand as a name.
func (t Token) isName() bool {
	return t.Kind == TokQuoted || t.Kind == TokWord && !reserved[t.Sym]
}

// isReserved reports whether the token is a reserved word.
func (t Token) isReserved() bool { return t.Kind == TokWord && reserved[t.Sym] }

// value is the text of a quoted name or a string, without quotes.
func (t Token) value() string {
	if t.Kind == TokWord {
		return t.Text
	}
	open := strings.IndexAny(t.Text, "'\"`")
	quote := t.Text[open : open+1]
	return strings.ReplaceAll(t.Text[open+1:len(t.Text)-1], quote+quote, quote)
}

// reservedWords cannot be names without double quotes: Trino's list.
const reservedWords = `ALTER AND AS BETWEEN BY CASE CAST CONSTRAINT CREATE CROSS CUBE CURRENT_CATALOG
CURRENT_DATE CURRENT_PATH CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER
DEALLOCATE DELETE DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT EXISTS EXTRACT FALSE FOR FROM FULL
GROUP GROUPING HAVING IN INNER INSERT INTERSECT INTO IS JOIN JSON_ARRAY JSON_EXISTS JSON_OBJECT
JSON_QUERY JSON_TABLE JSON_VALUE LEFT LIKE LISTAGG LOCALTIME LOCALTIMESTAMP NATURAL NORMALIZE NOT
NULL ON OR ORDER OUTER PREPARE RECURSIVE RIGHT ROLLUP SELECT SKIP TABLE THEN TRIM TRUE UESCAPE UNION
UNNEST USING VALUES WHEN WHERE WITH`

// otherWords are the words the grammar looks for that may also be names.
const otherWords = `ABSENT ADD AFTER ALL ANALYZE ANY ARRAY ASC AT AUTO BERNOULLI BOTH BUCKETS CALL CASCADE CATALOGS
CHANGE CLUSTERED COLLECTION COLUMN COLUMNS COMMENT COMMIT CONDITIONAL CORRESPONDING CURRENT DATA DATABASE DATABASES DBPROPERTIES DEFAULT DEFINED DEFINER
DELIMITED DENY DESC DIALECT DOUBLE EMPTY ENCODING ERROR ESCAPED EXECUTE EXPLAIN EXTENDED EXTERNAL FETCH FIELDS FILTER FINAL FIRST FOLLOWING FORMAT FORMATSERDE FORMATTED FUNCTION
PATH PLAN NESTED FUNCTIONS GRANT GRANTS GROUPS IF IGNORE IMMEDIATE INPUT INPUTFORMAT INTERVAL INVOKER ITEMS JSON KEEP KEY KEYS LAST LATERAL
LEADING LIMIT LINES LOCATION MAP MATCH_RECOGNIZE MATERIALIZED MERGE MSCK MULTI NEXT NFC NFD NFKC NFKD NO NULLS OBJECT OF
OFFSET OMIT ONLY OPTIMIZE ORDINALITY OUTPUT OUTPUTFORMAT OVER OVERFLOW PARTITION PARTITIONED PARTITIONS PASSING POSITION
PRECEDING PRECISION PROTECTED PURGE QUOTES RANGE REFRESH RENAME REPAIR REPLACE RESET RESPECT RESTRICT RETURNING REVOKE ROLE
ROLES ROLLBACK ROW ROWS RUNNING SCALAR SCHEMA SCHEMAS SECURITY SEEK SERDE SERDEPROPERTIES SESSION SET SETS SHOW SOME START STATS
STORED STRING SUBSTRING SYSTEM TABLES TABLESAMPLE TBLPROPERTIES TEMPORARY TERMINATED TEXT TIES TIME TIMESTAMP TO
TRAILING TRANSACTION TRUNCATE TRY_CAST UNBOUNDED UNCONDITIONAL UNIQUE UNKNOWN UNLOAD UPDATE USE UTF16
UTF32 UTF8 VACUUM VALUE VERSION VIEW VIEWS WINDOW WITHIN WITHOUT WRAPPER YEAR MONTH DAY HOUR MINUTE
SECOND ZONE`

var (
	reserved = wordSet(reservedWords)
	keywords = keywordTable(reservedWords, otherWords)
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

func keywordTable(lists ...string) map[string]string {
	table := map[string]string{}
	for _, list := range lists {
		for _, w := range strings.Fields(list) {
			table[w] = w
		}
	}
	return table
}

// keyword returns word's keyword in upper case, "" where it is none.
func keyword(word string) string {
	var buf [24]byte
	if len(word) > len(buf) {
		return ""
	}
	for i := range len(word) {
		c := word[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		buf[i] = c
	}
	return keywords[string(buf[:len(word)])]
}

// Keywords returns the words the grammar knows, in upper case, and whether each
// is reserved: cannot be a name without double quotes.
func Keywords() map[string]bool {
	all := make(map[string]bool, len(keywords))
	for w := range keywords {
		all[w] = reserved[w]
	}
	return all
}

// IsReserved reports whether name would have to be quoted for being a reserved
// word.
func IsReserved(name string) bool { return reserved[keyword(name)] }
