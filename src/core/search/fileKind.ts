/** What a file is for, told from its path: sources answer most questions, the rest answers when it is asked about. */
export type FileKind = 'source' | 'test' | 'docs' | 'config' | 'generated' | 'data';

const TEST_FOLDER =
  /(^|\/)(tests?|__tests__|__mocks__|specs?|testing|test[-_]?(data|suite|cases?|utils?|helpers?|fixtures?)|testdata|fixtures?|__fixtures__|e2e|unittests?|benches|benchmarks?|playground|integration-tests?|tests?-[a-z]+|it)(\/|$)/i;
const TEST_FILE =
  /(^|\/)(test_[^/]+|conftest)\.py$|_(test|spec)\.[a-z]+$|[.-](test|spec|e2e|bench|stories)\.[a-z]+$|(^|\/)[^/]*[a-z0-9](Tests?|TestCase|Spec|IT)\.(java|kt|cs|php|scala|swift|groovy)$|(^|\/)Test[A-Z][^/]*\.(java|kt|cs|php|py)$|(^|\/)tests?\.(rs|c|cpp|js|ts|py)$/;
/** What a build system calls main is no test, whatever its name: `src/main/java/junit/framework/TestCase.java`. */
const MAIN_FOLDER = /(^|\/)src\/main\//;
const DOCS_FOLDER =
  /(^|\/)(docs?|documentation|website|examples?|samples?|demos?|tutorials?|changelogs?|changelog_unreleased)(\/|$)/i;
const DOCS_FILE = /\.(md|mdx|markdown|rst|adoc|asciidoc|txt|ipynb)$/i;
const BARE_DOCS =
  /(^|\/)(readme|changelog|changes|history|license|licence|copying|contributing|authors|news|notice)[^/]*$/i;
const GENERATED =
  /(^|\/)(dist|build|out|vendor|vendored|third[-_]?party|node_modules|deps|generated|__generated__|gen|target|_build|site-packages)\/|\.min\.[a-z]+$|\.(pb|g|generated)\.[a-z]+$|_pb2?\.[a-z]+$|[.-]lock(\.[a-z]+)?$|(^|\/)(package-lock\.json|go\.sum)$|\.map$|\.snap$/i;
const CONFIG_FILE =
  /\.(ya?ml|toml|ini|cfg|conf|properties|gradle|cmake|mk|json5?|jsonc|xml|lock|editorconfig|nix|bazel|tf|plist)$|(^|\/)(Makefile|Dockerfile|CMakeLists\.txt|Jenkinsfile|BUILD|WORKSPACE)[^/]*$|(^|\/)\.[^/]+$|(^|\/)(\.github|\.circleci|\.gitlab)\//;
const SOURCE_FILE =
  /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs|vue|svelte|astro|py|pyi|pyx|go|rs|java|kt|kts|scala|groovy|clj|cljs|c|h|cc|cpp|cxx|hh|hpp|hxx|inl|m|mm|cs|fs|vb|rb|rake|php|pl|pm|lua|sh|bash|zsh|fish|ps1|swift|dart|ex|exs|erl|hrl|hs|ml|mli|elm|jl|r|R|zig|nim|sql|graphql|proto|thrift|css|scss|sass|less|styl|html|htm|hbs|ejs|erb|jinja2?|tcl|asm|s|S|el|lisp|vim|cu|glsl|wgsl|sol)$/;

export function fileKind(path: string): FileKind {
  if (GENERATED.test(path)) return 'generated';
  if (!MAIN_FOLDER.test(path) && (TEST_FOLDER.test(path) || TEST_FILE.test(path))) return 'test';
  if (DOCS_FILE.test(path) || BARE_DOCS.test(path)) return 'docs';
  if (DOCS_FOLDER.test(path)) return 'docs';
  if (SOURCE_FILE.test(path)) return 'source';
  return CONFIG_FILE.test(path) ? 'config' : 'data';
}

/** The path that a test file is about, without folders and marks: `upload` for `upload.test.ts` and `test_upload.py`. */
export function testedName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return name
    .replace(/^(test|spec)s?[_-]/i, '')
    .replace(/[._-](test|spec|e2e|bench)s?$/i, '')
    .replace(/(Tests?|TestCase|Spec|IT)$/, '')
    .replace(/^Test(?=[A-Z])/, '')
    .toLowerCase();
}
