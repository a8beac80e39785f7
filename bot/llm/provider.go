package llm

import (
	"net/url"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// provider is how one family of endpoints differs from the others that call themselves compatible. Model names change every
// few months and are never listed here; hosts do not.
type provider struct {
	suffix      string         // of the host name
	extra       map[string]any // fields the library has no name for
	schema      bool           // takes response_format json_schema; the others take json_object
	newLimit    bool           // wants max_completion_tokens; the others max_tokens
	noSampling  bool           // refuses a temperature
	azureDeploy bool           // the deployment is in the path, the key in a header of its own
}

// Thinking is switched off where it can be: a debtor waits for the answer, and the thoughts are never shown.
var providers = []provider{
	{suffix: "api.openai.com", schema: true, newLimit: true},
	{suffix: ".openai.azure.com", schema: true, newLimit: true, azureDeploy: true},
	{suffix: "deepseek.com", extra: map[string]any{"thinking": map[string]string{"type": "disabled"}}},
	{suffix: "aliyuncs.com", extra: map[string]any{"enable_thinking": false}},
	{suffix: "bigmodel.cn", extra: map[string]any{"thinking": map[string]string{"type": "disabled"}}},
	{suffix: "z.ai", extra: map[string]any{"thinking": map[string]string{"type": "disabled"}}},
	{suffix: "moonshot.cn", noSampling: true},
	{suffix: "moonshot.ai", noSampling: true},
	{suffix: "volces.com", extra: map[string]any{"thinking": map[string]string{"type": "disabled"}}},
	{suffix: "baidubce.com"},
}

// otherProvider is a local server or a gateway: most take a schema, and those that do not say 400 once (see client.ask).
var otherProvider = provider{schema: true}

func providerOf(baseURL string) provider {
	u, err := url.Parse(baseURL)
	if err != nil {
		return otherProvider
	}
	for _, p := range providers {
		if host := strings.ToLower(u.Hostname()); host == strings.TrimPrefix(p.suffix, ".") || strings.HasSuffix(host, "."+strings.TrimPrefix(p.suffix, ".")) {
			// Azure's newer address has the path of everybody else.
			p.azureDeploy = p.azureDeploy && !strings.Contains(u.Path, "/openai/v1")
			return p
		}
	}
	return otherProvider
}

// azureVersion is the newest one that was general when this was written; the library's default is too old for schemas.
const azureVersion = "2024-10-21"

func (p provider) config(c Config) openai.ClientConfig {
	key := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(c.APIKey), "Bearer "))
	base := normalURL(c.BaseURL)
	if !p.azureDeploy {
		oc := openai.DefaultConfig(key)
		oc.BaseURL = base
		return oc
	}
	oc := openai.DefaultAzureConfig(key, base)
	oc.AzureModelMapperFunc = func(deployment string) string { return deployment } // the library would drop characters of its name
	oc.APIVersion = azureVersion
	if c.APIVersion != "" {
		oc.APIVersion = c.APIVersion
	}
	return oc
}

// normalURL mends what people paste: the whole path, blanks, a trailing slash.
func normalURL(u string) string {
	u = strings.TrimRight(strings.TrimSpace(u), "/")
	return strings.TrimSuffix(u, "/chat/completions")
}

// reasoner: models that refuse a temperature and the old limit by their name, whoever serves them.
func reasoner(model string) bool {
	for _, p := range []string{"o1", "o3", "o4", "gpt-5", "gpt-6"} {
		if strings.HasPrefix(model, p) {
			return true
		}
	}
	return false
}
