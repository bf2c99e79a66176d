package funcs

import (
	"math/big"
	"regexp"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"
)

// stemmers by language. Trino has four more: Catalan, Basque, Armenian and
// Lithuanian.
var stemmers = map[string]func(*snowballstem.Env) bool{
	"da": danish.Stem, "de": german.Stem, "en": english.Stem, "es": spanish.Stem, "fi": finnish.Stem, "fr": french.Stem,
	"hu": hungarian.Stem, "ir": irish.Stem, "it": italian.Stem, "nl": dutch.Stem, "no": norwegian.Stem, "pt": portuguese.Stem,
	"ro": romanian.Stem, "ru": russian.Stem, "sv": swedish.Stem, "tr": turkish.Stem,
}

func goWordStem(a []any) (any, error) {
	stem, ok := stemmers[a[1].(string)]
	switch a[1].(string) {
	case "ca", "eu", "hy", "lt":
		return nil, unsupported("word_stem for language '%s' is not supported yet", a[1])
	}
	if !ok {
		return nil, invalid("Unknown stemmer language: %s", a[1])
	}
	env := snowballstem.NewEnv(a[0].(string))
	stem(env)
	return env.Current(), nil
}

var dataSize = regexp.MustCompile(`^(\d*\.?\d*)([kMGTPEZY]?B)$`)

// goParseDataSize counts the bytes of 1.5kB.
func goParseDataSize(a []any) (any, error) {
	m := dataSize.FindStringSubmatch(a[0].(string))
	if m == nil {
		return nil, invalid("Invalid data size: '%s'", a[0])
	}
	r, ok := new(big.Rat).SetString(m[1])
	if !ok {
		return nil, invalid("Invalid data size: '%s'", a[0])
	}
	unit := map[byte]uint{'B': 0, 'k': 10, 'M': 20, 'G': 30, 'T': 40, 'P': 50, 'E': 60, 'Z': 70, 'Y': 80}[m[2][0]]
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), unit)))
	n := new(big.Int).Quo(r.Num(), r.Denom())
	if len(n.String()) > 38 {
		return nil, failure("NUMERIC_VALUE_OUT_OF_RANGE", "Value out of range: '%s' ('%sB')", a[0], n)
	}
	return n.String(), nil
}
