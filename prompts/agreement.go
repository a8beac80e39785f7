package prompts

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
)

type docTemplate = *template.Template

func loadDocs(src fs.FS, langs []string) (map[string]docTemplate, error) {
	docs := map[string]docTemplate{}
	for _, lang := range langs {
		// One skeleton, one file of words per language: the six contents cannot differ between languages.
		t, err := template.New("agreement").Option("missingkey=error").ParseFS(src, "agreement/document.tmpl", "agreement/"+lang+".tmpl")
		if err != nil {
			return nil, fmt.Errorf("prompts: agreement %s: %w", lang, err)
		}
		docs[lang] = t.Lookup("document.tmpl")
	}
	return docs, nil
}

// Agreement writes the whole agreement document as HTML. data has the exported fields the templates name,
// every one already written for people; a field that lacks is an error, not a blank in a contract.
func (c *Catalog) Agreement(lang string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := c.docs[c.lang(lang)].Execute(&b, data); err != nil {
		return nil, fmt.Errorf("prompts: agreement: %w", err)
	}
	return b.Bytes(), nil
}
