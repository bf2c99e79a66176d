package main

import (
	"bytes"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPageInChromium looks at the report as a browser shows and prints it. make
// page sets LOGSQL_CHROMIUM and keeps what it saw in LOGSQL_PAGES.
func TestPageInChromium(t *testing.T) {
	browser := os.Getenv("LOGSQL_CHROMIUM")
	if browser == "" {
		t.Skip("make page runs this")
	}
	dir := os.Getenv("LOGSQL_PAGES")
	if dir == "" {
		dir = t.TempDir()
	}
	page := "file://" + makePage(t, dir)
	profile := t.TempDir()
	chromium := func(args ...string) []byte {
		t.Helper()
		base := []string{
			"--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + profile,
			"--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--window-size=1280,1800",
		}
		cmd := exec.Command(browser, append(append(base, args...), page)...)
		var console bytes.Buffer
		cmd.Stderr = &console
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, console.String())
		}
		if m := regexp.MustCompile(`(?m)^.*CONSOLE.*$`).Find(console.Bytes()); m != nil {
			t.Errorf("the browser complains: %s", m)
		}
		return out
	}
	if dom := string(chromium("--dump-dom")); !strings.Contains(dom, "<title>AWS logs, 2021-12-04 to 2021-12-06</title>") || strings.Contains(dom, "<script") || strings.Contains(dom, "<img") {
		t.Errorf("what a log says became markup:\n%s", dom)
	}
	for name, scheme := range map[string]string{"light": "1", "dark": "0"} {
		shot := filepath.Join(dir, name+".png")
		chromium("--screenshot="+shot, "--blink-settings=preferredColorScheme="+scheme)
		lookAt(t, shot, name == "dark")
	}
	pdf := filepath.Join(dir, "report.pdf")
	chromium("--print-to-pdf="+pdf, "--no-pdf-header-footer")
	printed, err := os.ReadFile(pdf)
	if err != nil || !bytes.HasPrefix(printed, []byte("%PDF-")) || len(printed) < 20_000 {
		t.Errorf("printed: %d bytes, %v", len(printed), err)
	}
}

// makePage is the report on the small bucket and a log that attacks its reader.
func makePage(t *testing.T, dir string) string {
	t.Helper()
	mirror := filepath.Join(t.TempDir(), "mirror")
	attack := t.TempDir()
	line := `79a5 example-data [04/Dec/2021:10:43:50 +0000] 203.0.113.20 <script>document.title="owned"</script> 273B REST.DELETE.OBJECT <img/src=x/onerror=document.title="owned"> "DELETE /x HTTP/1.1" 204 - - 1 28 42 "-" "-" -` + "\n"
	if err := os.WriteFile(filepath.Join(attack, "2021-12-04-10-00-00-0123456789ABCDEF"), []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
	bucket := absolute(t, "../../testdata/bucket")
	page := filepath.Join(absolute(t, dir), "report.html")
	for _, args := range [][]string{
		{"sync", bucket, "--as", "s3://example-logs"},
		{"sync", attack, "--as", "s3://attack/logs", "--convert"},
		{"report", "-o", page},
	} {
		if r := logsql(t, append([]string{"--mirror", mirror}, args...)...); r.status != 0 {
			t.Fatalf("%v: status %d\n%s", args, r.status, r.stderr)
		}
	}
	return page
}

// lookAt holds that a screenshot is drawn on: many colours, among them the
// charts', on a ground that is light or dark.
func lookAt(t *testing.T, path string, dark bool) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shot, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	colours := map[[3]uint32]int{}
	for y := 0; y < shot.Bounds().Dy(); y += 2 {
		for x := 0; x < shot.Bounds().Dx(); x += 2 {
			r, g, b, _ := shot.At(x, y).RGBA()
			colours[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	ground, bars := [3]uint32{0xff, 0xff, 0xff}, [3]uint32{0x2f, 0x6f, 0xb2}
	if dark {
		ground, bars = [3]uint32{0x12, 0x17, 0x1e}, [3]uint32{0x5b, 0x9b, 0xd8}
	}
	area := shot.Bounds().Dx() * shot.Bounds().Dy() / 4
	if colours[ground] < area/2 || colours[bars] < 1000 || len(colours) < 50 {
		t.Errorf("%s: of %d points %d are the ground, %d the charts', in %d colours", path, area, colours[ground], colours[bars], len(colours))
	}
}
