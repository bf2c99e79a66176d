package funcs

import (
	"strings"
	"unicode/utf8"
)

// foldings are the characters that (?i) takes for several others and back.
var foldings = []struct {
	text  string
	runes []rune
}{
	{"ffi", []rune{'ﬃ'}},
	{"ffl", []rune{'ﬄ'}},
	{"ss", []rune{'ß'}},
	{"ff", []rune{'ﬀ'}},
	{"fi", []rune{'ﬁ'}},
	{"fl", []rune{'ﬂ'}},
	{"st", []rune{'ﬅ', 'ﬆ'}},
	{"ʼn", []rune{'ŉ'}},
}

// foldingMarks are the second characters of the other foldings, which are not
// served.
const foldingMarks = "\u0313\u030C\u0331\u0308\u030A\u02BE\u0342\u0582\u03B9\u0576\u0565\u056B\u056D"

func refusedFold(r rune) bool {
	return r == 0x01F0 || r == 0x0390 || r == 0x03B0 || r == 0x0587 || r >= 0x1E96 && r <= 0x1E9A ||
		r >= 0x1F50 && r <= 0x1FFF && len(orbitOf(r)) == 1 || r >= 0x1F80 && r <= 0x1FAF || r >= 0xFB13 && r <= 0xFB17
}

// joined makes one node of texts side by side, and of those that match in any
// case the sets of their characters.
func (p *rxParser) joined(parts []*rxNode) ([]*rxNode, error) {
	var out []*rxNode
	for i := 0; i < len(parts); {
		n := parts[i]
		if n.kind != rxText {
			out = append(out, n)
			i++
			continue
		}
		var text strings.Builder
		for ; i < len(parts) && parts[i].kind == rxText && parts[i].fold == n.fold; i++ {
			text.WriteString(parts[i].text)
		}
		if !n.fold {
			out = append(out, &rxNode{kind: rxText, text: text.String()})
			continue
		}
		folded, err := p.foldText([]rune(text.String()))
		if err != nil {
			return nil, err
		}
		out = append(out, folded...)
	}
	// A repetition was read before its text was joined.
	for _, n := range out {
		if n.kind == rxRepeat && n.subs[0].kind == rxText && n.subs[0].fold {
			folded, err := p.foldText([]rune(n.subs[0].text))
			if err != nil {
				return nil, err
			}
			n.subs[0] = cat(folded...)
		}
	}
	return out, nil
}

func (p *rxParser) foldText(text []rune) ([]*rxNode, error) {
	var out []*rxNode
	for i := 0; i < len(text); {
		r := text[i]
		p.odd = p.odd || r >= utf8.RuneSelf
		if refusedFold(r) || i > 0 && strings.ContainsRune(foldingMarks, r) {
			return nil, unsupported("%q without case in a regular expression is not supported yet", string(r))
		}
		if seq := foldingOf(r); seq != "" {
			out = append(out, foldCluster([]rune(seq)))
			i++
			continue
		}
		n := clusterLength(text[i:])
		if n == 0 {
			out = append(out, &rxNode{kind: rxSet, set: setOfCases(r)})
			i++
			continue
		}
		p.odd = true
		out = append(out, foldCluster(text[i:i+n]))
		i += n
	}
	return out, nil
}

func setOfCases(r rune) *runeSet {
	var pairs []rune
	for _, o := range orbitOf(r) {
		pairs = append(pairs, o, o)
	}
	return newSet(pairs)
}

// foldingOf is the text that r folds to.
func foldingOf(r rune) string {
	for _, f := range foldings {
		for _, o := range f.runes {
			if o == r {
				return f.text
			}
		}
	}
	return ""
}

func foldsTo(text []rune, want string) bool {
	n := 0
	for _, w := range want {
		if n >= len(text) || !sameFold(text[n], w) {
			return false
		}
		n++
	}
	return true
}

// clusterLength is how far foldings at the beginning of text, and those that
// overlap them, reach; 0 for none.
func clusterLength(text []rune) int {
	end := 0
	for i := 0; i == 0 || i < end; i++ {
		for _, f := range foldings {
			if foldsTo(text[i:], f.text) {
				end = max(end, i+utf8.RuneCountInString(f.text))
			}
		}
	}
	return end
}

// foldCluster are the ways to write text without case.
func foldCluster(text []rune) *rxNode {
	if len(text) == 0 {
		return &rxNode{kind: rxEmpty}
	}
	n := &rxNode{kind: rxAlt, fold: true}
	n.subs = append(n.subs, cat(&rxNode{kind: rxSet, set: setOfCases(text[0])}, foldCluster(text[1:])))
	for _, f := range foldings {
		if !foldsTo(text, f.text) {
			continue
		}
		var pairs []rune
		for _, r := range f.runes {
			pairs = append(pairs, r, r)
		}
		rest := text[utf8.RuneCountInString(f.text):]
		n.subs = append(n.subs, cat(&rxNode{kind: rxSet, set: newSet(pairs)}, foldCluster(rest)))
	}
	return alt1(n)
}

// alt1 is the one alternative where there is one.
func alt1(n *rxNode) *rxNode {
	if len(n.subs) == 1 {
		return n.subs[0]
	}
	return n
}

// foldedTexts are what else a class matches without case: [ß] takes ss.
func foldedTexts(set *runeSet) []*rxNode {
	var out []*rxNode
	for _, f := range foldings {
		for _, r := range f.runes {
			if set.has(r) {
				out = append(out, foldCluster([]rune(f.text)))
				break
			}
		}
	}
	return out
}
