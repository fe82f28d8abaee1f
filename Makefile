# Makes sure of the pinned Rust toolchain, then leaves everything to `cargo xtask` (folder tools/xtask/).

CHANNEL    := $(shell sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml)
COMPONENTS := $(shell sed -n 's/^components *= *\[\(.*\)\]/\1/p' rust-toolchain.toml | tr -d '" ')
TARGETS    := $(shell sed -n 's/^targets *= *\[\(.*\)\]/\1/p' rust-toolchain.toml | tr -d '" ')

# A shell opened before rustup was installed does not have its folder on PATH yet.
export PATH := $(PATH):$(HOME)/.cargo/bin
CARGO := rustup run $(CHANNEL) cargo

# Where an HTTP proxy is set for the way to the internet: nobody asks it for this machine, where all of ours is.
comma := ,
export NO_PROXY := $(subst $() ,$(comma),$(strip 127.0.0.1 localhost ::1 $(subst $(comma), ,$(NO_PROXY) $(no_proxy))))
export no_proxy := $(NO_PROXY)

.PHONY: help dev trunk test build book pictures dist lint fuzz chaos engines replicas failover bench advisories tools toolchain

help:
	@echo "make dev     start the app, the proxy and the WeChat simulator; Ctrl-C ends all"
	@echo "             BACKEND=http://127.0.0.1:9000 puts your own back end behind it, LAN=1 lets phones in this network open it"
	@echo "make test    everything: formatting, lints, native tests, real WeChat clients, fuzzed API, release build, browser journeys, the book, the packed archive, secrets in logs"
	@echo "make build   the optimised app in dist/"
	@echo "make book    the documents as a book in Chinese and English, in target/book/"
	@echo "make pictures  the pictures of README and book, of today's pages"
	@echo "make dist    what is put on a server: static programs, the app, samples and documents, in target/dist/"
	@echo "make lint    format the code, then lints"
	@echo "make fuzz    throw anything at what reads foreign bytes, for ten minutes or SECONDS=3600, then all else that is chance"
	@echo "make chaos   logins, thefts, faults and kills all at once: 6 minutes"
	@echo "make engines  the core journeys in nineteen browser engines, and their table"
	@echo "make replicas  three replicas behind nginx, killed and restarted under load: 10 minutes the first time"
	@echo "make failover  PostgreSQL under Patroni: its leader changed, killed, frozen and cut off under load"
	@echo "make bench PART=page|proxy|move  the page and the proxy beside others: half an hour; ten million records moved: ten minutes"
	@echo "make advisories  known holes in our dependencies, from RustSec's database on GitHub"
	@echo "make trunk ARGS=serve  the pinned trunk by hand"
	@echo "make tools   install the pinned toolchain, trunk and wasm-bindgen"

# Whoever develops adds dependencies; everything else takes the versions of Cargo.lock or fails.
dev: toolchain
	@$(CARGO) xtask $@

test build book pictures dist engines replicas failover chaos fuzz tools advisories: toolchain
	@$(CARGO) --locked xtask $@

trunk: toolchain
	@$(CARGO) xtask $@ $(ARGS)

bench: toolchain
	@$(CARGO) --locked xtask bench $(PART)

lint: toolchain
	@$(CARGO) fmt --all
	@$(CARGO) clippy --workspace --all-targets --test=journeys -- -D warnings

# rustup does not install a missing toolchain by itself where RUSTUP_AUTO_INSTALL=0 is set.
toolchain:
	@command -v cc >/dev/null || { echo "A C compiler is missing (no 'cc'). Debian, Ubuntu: apt-get install build-essential. macOS: xcode-select --install." >&2; exit 1; }
	@command -v rustup >/dev/null || { echo "rustup is missing. Install it as https://rustup.rs says, then run make again." >&2; exit 1; }
	@have="$$(rustup component list --installed --toolchain $(CHANNEL) 2>/dev/null)"; \
	 missing=; for part in $$(echo rustc,$(COMPONENTS) | tr ',' ' '); do \
	   case "$$have" in *$$part*) ;; *) missing=1;; esac; done; \
	 for part in $$(echo $(TARGETS) | tr ',' ' '); do \
	   case "$$have" in *rust-std-$$part*) ;; *) missing=1;; esac; done; \
	 if [ -n "$$missing" ]; then \
	   echo "==> installing Rust $(CHANNEL) with $(COMPONENTS) and $(TARGETS) (about 1 minute)"; \
	   rustup toolchain install $(CHANNEL) --no-self-update --profile minimal --component $(COMPONENTS) --target $(TARGETS) || \
	   { echo "Rust $(CHANNEL) cannot be installed, see above. Without a way to the internet: RUSTUP_DIST_SERVER names a mirror. With an old rustup: rustup self update. Then run make again." >&2; exit 1; }; \
	 fi
	@test -x "$${CARGO_TARGET_DIR:-target}/debug/xtask" || echo "==> compiling xtask, which runs everything else (about 10 seconds)"
