package text
import ("testing";"fmt";"os";"strings";"time")
func TestProbe(t *testing.T){
 b,err:=os.ReadFile(os.Getenv("PROBE")); if err!=nil {t.Skip()}
 z:=time.FixedZone("c",8*3600)
 for _,l:=range strings.Split(strings.TrimRight(string(b),"\n"),"\n"){
  lang:=""; if !strings.ContainsFunc(l,func(r rune)bool{return r>0x3000}) {lang="en"}
  fmt.Println("»",l)
  for _,f:=range Figures(l,Opt{Now:time.Date(2026,11,21,10,0,0,0,z),Zone:z,Lang:lang}){
   fmt.Printf("    %s [%d,%d) %q", f.Kind,f.Start,f.End,f.Text)
   if f.Kind==FigMoney {fmt.Printf(" %d %s",f.Minor,f.Currency)}
   if f.Kind==FigPercent {fmt.Printf(" %dppm %s",f.PPM,f.Per)}
   if !f.Date.IsZero()||f.Kind==FigDate {fmt.Printf(" %s %s",f.Date,f.DateEnd)}
   if f.Duration!="" {fmt.Printf(" %s %s %s",f.Duration,f.DurationMax,f.Rel)}
   if f.Kind==FigNumber {fmt.Printf(" %d/1e6",f.Micro)}
   if f.Kind==FigCount||f.Kind==FigDay {fmt.Printf(" %d",f.Count)}
   if f.Range {fmt.Printf(" range %d..%d",f.Min,f.Max)}
   if f.Digits!="" {fmt.Printf(" #%s",f.Digits)}
   if f.Approx {fmt.Print(" ~")}; if f.Bare {fmt.Print(" bare")}; if f.Ordinal {fmt.Print(" ord")}; if f.Unit!="" {fmt.Print(" u=",f.Unit)}; if f.Per!=""{fmt.Print(" per=",f.Per)}
   fmt.Println()
  }
 }
}
