// What Go's readers make of one input after the other: archive/tar, encoding/json with the structs of the OCI specifications, and moby's
// look-up of users, and containerd's choice from an index (index.go). Docker, containerd, Podman and CRI-O are built on them.
//
// Input: frames of a letter, a length of four bytes (little-endian) and that many bytes. A frame 'F' ends a batch: then the answers to its
// frames come, each a length and its text. differ.c has the other side.
//
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/moby/sys/user"
)

const hashed = 1 << 20 // longer files are not hashed: sparse ones may be of any size

// A path as runtimes clean it; false: it leaves the root.
func clean(path string) (string, bool) {
	var names []string
	for _, name := range strings.Split(path, "/") {
		switch name {
		case "", ".":
		case "..":
			if len(names) == 0 {
				return "", false
			}
			names = names[:len(names)-1]
		default:
			names = append(names, name)
		}
	}
	return strings.Join(names, "/"), true
}

func readTar(in []byte, out *bytes.Buffer) error {
	types := map[byte]byte{'0': 'f', '7': 'f', 'S': 'f', '1': 'h', '2': 'l', '3': 'c', '4': 'b', '5': 'd', '6': 'p'}
	t := tar.NewReader(bytes.NewReader(in))
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		kind, known := types[h.Typeflag]
		name, inside := clean(h.Name)
		link := ""
		if kind == 'h' {
			var ok bool
			link, ok = clean(h.Linkname)
			inside = inside && ok
		} else if kind == 'l' {
			link = h.Linkname
		}
		if !known || !inside || (name == "" && kind != 'd') {
			out.WriteString("not unpacked\n")
			continue
		}
		size := int64(0)
		sum := fnv.New64a()
		if kind == 'f' {
			size = h.Size
			if size <= hashed {
				if _, err := io.Copy(sum, t); err != nil {
					return err
				}
			}
		}
		capability := fnv.New64a()
		value, has := h.PAXRecords["SCHILY.xattr.security.capability"]
		io.WriteString(capability, value)
		fmt.Fprintf(out, "%c %s > %s %o %d:%d %d %d %x %v %x\n", kind, name, link, h.Mode&07777, uint32(h.Uid), uint32(h.Gid), h.ModTime.Unix(),
			size, sum.Sum64(), has, capability.Sum64())
	}
}

type platform struct {
	Architecture string   `json:"architecture"`
	OS           string   `json:"os"`
	OSVersion    string   `json:"os.version,omitempty"`
	OSFeatures   []string `json:"os.features,omitempty"`
	Variant      string   `json:"variant,omitempty"`
}

type descriptor struct {
	MediaType    string            `json:"mediaType"`
	Digest       string            `json:"digest"`
	Size         int64             `json:"size"`
	URLs         []string          `json:"urls,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
	Data         []byte            `json:"data,omitempty"`
	Platform     *platform         `json:"platform,omitempty"`
	ArtifactType string            `json:"artifactType,omitempty"`
}

// An index or a manifest.
type document struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType,omitempty"`
	ArtifactType  string            `json:"artifactType,omitempty"`
	Config        *descriptor       `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Manifests     []descriptor      `json:"manifests"`
	Subject       *descriptor       `json:"subject,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

type config struct {
	Created      string `json:"created,omitempty"`
	Author       string `json:"author,omitempty"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant,omitempty"`
	OS           string `json:"os"`
	OSVersion    string `json:"os.version,omitempty"`
	Config       struct {
		User         string              `json:"User,omitempty"`
		ExposedPorts map[string]struct{} `json:"ExposedPorts,omitempty"`
		Env          []string            `json:"Env,omitempty"`
		Entrypoint   []string            `json:"Entrypoint,omitempty"`
		Cmd          []string            `json:"Cmd,omitempty"`
		Volumes      map[string]struct{} `json:"Volumes,omitempty"`
		WorkingDir   string              `json:"WorkingDir,omitempty"`
		Labels       map[string]string   `json:"Labels,omitempty"`
		StopSignal   string              `json:"StopSignal,omitempty"`
		Healthcheck  *struct {
			Test []string `json:",omitempty"`
		} `json:",omitempty"`
		OnBuild []string
		Shell   []string `json:",omitempty"`
	} `json:"config,omitempty"`
	RootFS struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []struct {
		Created    string `json:"created,omitempty"`
		CreatedBy  string `json:"created_by,omitempty"`
		Author     string `json:"author,omitempty"`
		Comment    string `json:"comment,omitempty"`
		EmptyLayer bool   `json:"empty_layer,omitempty"`
	} `json:"history,omitempty"`
}

type archive []struct {
	Config       string
	RepoTags     []string
	Layers       []string
	Parent       string                `json:",omitempty"`
	LayerSources map[string]descriptor `json:",omitempty"`
}

// Lines, sorted at the end: the members of maps have no order.
type lines []string

func (l *lines) add(name, format string, args ...any) {
	text := []byte(name + " " + fmt.Sprintf(format, args...))
	for i, c := range text {
		if c < ' ' { // it stays one line
			text[i] = '?'
		}
	}
	*l = append(*l, string(text))
}

func (l *lines) text(name, value string) {
	if value != "" {
		l.add(name, "%s", value)
	}
}

func (l *lines) list(name string, values []string) {
	for i, v := range values {
		l.add(name, "%d %s", i, v)
	}
}

func (l *lines) pairs(name string, values map[string]string) {
	for k, v := range values {
		l.add(name, "%s=%s", k, v)
	}
}

func (l *lines) set(name string, values map[string]struct{}) {
	for k := range values {
		l.add(name, "%s", k)
	}
}

func (l *lines) descriptor(name string, d *descriptor) {
	if d == nil {
		l.add(name, "none")
		return
	}
	p := platform{}
	if d.Platform != nil {
		p = *d.Platform
	}
	l.add(name, "%s %s %d %s", d.Digest, d.MediaType, d.Size, d.ArtifactType)
	l.add(name, "on %s/%s/%s %s", p.OS, p.Architecture, p.Variant, p.OSVersion)
	l.pairs(name, d.Annotations)
}

func (l lines) write(out *bytes.Buffer) {
	sort.Strings(l)
	for _, s := range l {
		out.WriteString(s + "\n")
	}
}

func readDocument(in []byte, out *bytes.Buffer) error {
	var d document
	var l lines
	if err := json.Unmarshal(in, &d); err != nil {
		return err
	}
	l.text("type", d.MediaType)
	l.descriptor("config", d.Config)
	for i := range d.Layers {
		l.descriptor(fmt.Sprint("layer ", i), &d.Layers[i])
	}
	for i := range d.Manifests {
		l.descriptor(fmt.Sprint("manifest ", i), &d.Manifests[i])
	}
	l.pairs("annotation", d.Annotations)
	l.write(out)
	return nil
}

func readConfig(in []byte, out *bytes.Buffer) error {
	var c config
	var l lines
	if err := json.Unmarshal(in, &c); err != nil {
		return err
	}
	l.text("created", c.Created)
	l.text("author", c.Author)
	l.text("architecture", c.Architecture)
	l.text("variant", c.Variant)
	l.text("os", c.OS)
	l.text("osversion", c.OSVersion)
	l.text("user", c.Config.User)
	l.text("workdir", c.Config.WorkingDir)
	l.text("stop", c.Config.StopSignal)
	l.list("env", c.Config.Env)
	l.list("entrypoint", c.Config.Entrypoint)
	l.list("cmd", c.Config.Cmd)
	l.list("onbuild", c.Config.OnBuild)
	l.list("shell", c.Config.Shell)
	if c.Config.Healthcheck != nil {
		l.list("health", c.Config.Healthcheck.Test)
	}
	l.pairs("label", c.Config.Labels)
	l.set("port", c.Config.ExposedPorts)
	l.set("volume", c.Config.Volumes)
	l.list("diff", c.RootFS.DiffIDs)
	for i, h := range c.History {
		l.add("history", "%d %s %s %s %s %v", i, h.Created, h.CreatedBy, h.Author, h.Comment, h.EmptyLayer)
	}
	l.write(out)
	return nil
}

func readArchive(in []byte, out *bytes.Buffer) error {
	var a archive
	var l lines
	if err := json.Unmarshal(in, &a); err != nil {
		return err
	}
	for i, m := range a {
		name := fmt.Sprint(i)
		l.add(name, "config %s", m.Config)
		l.list(name+" tag", m.RepoTags)
		l.list(name+" layer", m.Layers)
	}
	l.write(out)
	return nil
}

// Three texts, each after its length: the config's User, passwd and group.
func readUser(in []byte, out *bytes.Buffer) error {
	var texts [3]string
	for i := range texts {
		n := binary.LittleEndian.Uint32(in)
		texts[i] = string(in[4 : 4+n])
		in = in[4+n:]
	}
	u, err := user.GetExecUser(texts[0], &user.ExecUser{Home: "/"}, strings.NewReader(texts[1]), strings.NewReader(texts[2]))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d:%d\n", u.Uid, u.Gid)
	return nil
}

func main() {
	readers := map[byte]func([]byte, *bytes.Buffer) error{'t': readTar, 'd': readDocument, 'c': readConfig, 'a': readArchive, 'u': readUser, 'i': readIndex, 'k': readDockerfile, 'w': readWord}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	var head [5]byte
	var batch, out bytes.Buffer
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		data := make([]byte, binary.LittleEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(in, data); err != nil {
			return
		}
		if head[0] == 'F' {
			os.Stdout.Write(batch.Bytes())
			batch.Reset()
			continue
		}
		out.Reset()
		if err := readers[head[0]](data, &out); err != nil {
			out.Reset()
			out.WriteString("refused: " + err.Error())
		}
		binary.Write(&batch, binary.LittleEndian, uint32(out.Len()))
		batch.Write(out.Bytes())
	}
}
