// What BuildKit's frontend makes of a Dockerfile, and of one word with variables. differ_dockerfile.c has the other side.
//
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

func words(out *bytes.Buffer, node *parser.Node) {
	json := node.Attributes["json"]
	for ; node.Next != nil; node = node.Next {
		if len(node.Next.Children) == 1 {
			trigger := node.Next.Children[0]
			fmt.Fprintf(out, " trigger %s", strings.ToLower(trigger.Value))
			for _, flag := range trigger.Flags {
				fmt.Fprintf(out, " flag %s", flag)
			}
			words(out, trigger)
			return
		}
		fmt.Fprintf(out, " [%s]", node.Next.Value)
	}
	if json {
		out.WriteString(" json")
	}
}

func readDockerfile(in []byte, out *bytes.Buffer) error {
	result, err := parser.Parse(bytes.NewReader(in))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "escape %c\n", result.EscapeToken)
	if d, _, _, ok := parser.ParseDirective("syntax", in); ok {
		fmt.Fprintf(out, "syntax %s\n", d)
	}
	for _, node := range result.AST.Children {
		if _, err := instructions.ParseInstruction(node); err != nil {
			return err
		}
		fmt.Fprintf(out, "%d-%d %s", node.StartLine, node.EndLine, strings.ToLower(node.Value))
		for _, flag := range node.Flags {
			fmt.Fprintf(out, " flag %s", flag)
		}
		words(out, node)
		out.WriteString("\n")
		for _, h := range node.Heredocs {
			fmt.Fprintf(out, "heredoc %s %v %v [%s]\n", h.Name, h.Expand, h.Chomp, h.Content)
		}
	}
	return nil
}

type known map[string]string

func (k known) Get(name string) (string, bool) { v, ok := k[name]; return v, ok }

func (k known) Keys() []string { return nil }

// The variables that both sides know.
var variables = known{"A": "abc/def.tar.gz", "E": "", "V": "1.2.3-r4", "S": "a b  c", "STAR": "a*b", "aa": "aXbXaXb"}

func readWord(in []byte, out *bytes.Buffer) error {
	lex := shell.NewLex('\\')
	word, _, err := lex.ProcessWord(string(in), variables)
	if err != nil {
		return err
	}
	list, err := lex.ProcessWords(string(in), variables)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "[%s]", word)
	for _, w := range list {
		fmt.Fprintf(out, " [%s]", w)
	}
	return nil
}
