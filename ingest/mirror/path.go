package mirror

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapeDir is the folder of a bucket that holds the objects whose keys are no
// good as paths.
const escapeDir = ".logsql"

// maxName is the longest name of a file or folder that file systems take.
const maxName = 255

// plainPath is where an object lies whose key can be a path as it is: every
// segment a name that any file system keeps apart from the others.
func plainPath(bucket, key string) (rel string, ok bool) {
	if len(key) > 1024 || strings.HasPrefix(key, escapeDir+"/") || key == escapeDir {
		return "", false
	}
	for seg := range strings.SplitSeq(key, "/") {
		if !plainName(seg) {
			return "", false
		}
	}
	return ObjectsDir + "/" + bucket + "/" + key, true
}

func plainName(seg string) bool {
	if len(seg) <= maxName && seg != "" && seg[0] != '.' && printable(seg) {
		return true // as nearly all are
	}
	if seg == "" || seg == "." || seg == ".." || len(seg) > maxName || !utf8.ValidString(seg) {
		return false
	}
	// A mirror may be copied to a file system that does not tell case apart.
	if strings.EqualFold(seg, escapeDir) {
		return false
	}
	for _, r := range seg {
		if !plainRune(r) {
			return false
		}
	}
	return true
}

// printable tells whether s is of printable ASCII alone.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// plainRune refuses control characters and, beyond ASCII, all but one of the
// runes that some file system takes for the same: by case, or because it puts
// combining characters together. (Clashes of case in ASCII are looked up.)
func plainRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r != 0x7f
	}
	jamo := r >= 0x1100 && r <= 0x11ff
	return r == unicode.ToLower(unicode.ToUpper(r)) && !jamo && !unicode.In(r, unicode.Mn, unicode.C)
}

// escapedPath is where an object lies whose key cannot be a path, or clashes
// with another's. The name is the key's hash, so that it is the same every
// time, with what can be kept of the key's last segment for people to see.
func escapedPath(bucket, key string) string {
	sum := sha256.Sum256([]byte(key))
	hash := hex.EncodeToString(sum[:20])
	name := hash
	if tail := tailName(key); tail != "" {
		name += "-" + tail
	}
	return path.Join(ObjectsDir, bucket, escapeDir, hash[:2], name)
}

// besidePath is where another object than the mirror's under a key lies. Its
// folder is none that escapedPath makes.
func besidePath(o Object) string {
	key := sha256.Sum256([]byte(o.Key))
	identity := sha256.Sum256(fmt.Appendf(nil, "%d %d %q %x", o.Size, o.LastModified.UnixMilli(), o.ETag, o.Sum))
	hash := hex.EncodeToString(key[:20])
	name := fmt.Sprintf("%s-%x-%s", hash, identity[:8], tailName(o.Key))
	return path.Join(ObjectsDir, o.Bucket, escapeDir, "versions", hash[:2], name)
}

// tailName is the end of key, at most 80 characters that are safe everywhere.
func tailName(key string) string {
	key = strings.TrimRight(key, "/")
	key = key[strings.LastIndexByte(key, '/')+1:]
	if len(key) > 80 {
		key = key[len(key)-80:]
	}
	safe := func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune("._-=", r):
			return r
		}
		return '_'
	}
	return strings.Map(safe, key)
}

// checkBucket refuses names that no bucket has and that would be no folder.
func checkBucket(bucket string) error {
	if !plainName(bucket) || strings.ContainsAny(bucket, `/\`) {
		return fmt.Errorf("%q is no bucket name", bucket)
	}
	return nil
}
