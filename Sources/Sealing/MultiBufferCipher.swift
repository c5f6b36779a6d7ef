#if arch(x86_64)
    import CIPsecMB
    import COpenSSL

    /// AES-256-GCM through Intel's library of ciphers for IPsec, which uses the vector AES of newer
    /// CPUs: there it takes a third of the time of libcrypto 3.0, which has no code for it.
    final class MultiBufferCipher: AuthenticatedCipher {
        private let functions: Functions
        private let direction: CipherDirection
        /// The expanded key.
        private let key = UnsafeMutablePointer<gcm_key_data>.allocate(capacity: 1)
        /// How far a message has come.
        private let message = UnsafeMutablePointer<gcm_context_data>.allocate(capacity: 1)

        /// Nil on CPUs that have no AES instructions.
        init?(_ secret: SealingSecret, _ direction: CipherDirection) {
            guard let functions = Functions.ofThisCPU else { return nil }
            self.functions = functions
            self.direction = direction
            secret.withUnsafeBytes { functions.expand($0.baseAddress, key) }
        }

        /// Overwrites the key and what was made with it.
        deinit {
            OPENSSL_cleanse(key, MemoryLayout<gcm_key_data>.size)
            OPENSSL_cleanse(message, MemoryLayout<gcm_context_data>.size)
            key.deallocate()
            message.deallocate()
        }

        func begin(nonce: UnsafeRawBufferPointer) {
            precondition(nonce.count == CipherSizes.nonce, "a nonce of \(nonce.count) bytes")
            let start = nonce.bindMemory(to: UInt8.self).baseAddress
            // The library wants an address for what is authenticated only, though there is none.
            functions.begin(key, message, start, start, 0)
        }

        func update(
            _ source: UnsafeRawBufferPointer,
            into destination: UnsafeMutableRawBufferPointer
        ) {
            precondition(
                source.count == destination.count,
                "\(source.count) for \(destination.count)"
            )
            guard !source.isEmpty else { return }
            let update = direction == .sealing ? functions.seal : functions.open
            update(
                key,
                message,
                destination.bindMemory(to: UInt8.self).baseAddress,
                source.bindMemory(to: UInt8.self).baseAddress,
                UInt64(source.count)
            )
        }

        func end(tag: UnsafeMutableRawBufferPointer) {
            precondition(tag.count == CipherSizes.tag, "a tag of \(tag.count) bytes")
            let start = tag.bindMemory(to: UInt8.self).baseAddress
            let end = direction == .sealing ? functions.endSealing : functions.endOpening
            end(key, message, start, UInt64(tag.count))
        }

        func isAuthentic(tag: UnsafeRawBufferPointer) -> Bool {
            withUnsafeTemporaryAllocation(byteCount: CipherSizes.tag, alignment: 16) { own in
                end(tag: own)
                return CRYPTO_memcmp(own.baseAddress, tag.baseAddress, CipherSizes.tag) == 0
            }
        }
    }

    /// The library's functions for what this CPU can do.
    private struct Functions: Sendable {
        let expand: aes_gcm_pre_t
        let begin: aes_gcm_init_t
        let seal: aes_gcm_enc_dec_update_t
        let open: aes_gcm_enc_dec_update_t
        let endSealing: aes_gcm_enc_dec_finalize_t
        let endOpening: aes_gcm_enc_dec_finalize_t

        static let ofThisCPU = Functions()

        private init?() {
            guard let table = alloc_mb_mgr(0) else { return nil }
            defer { free_mb_mgr(table) }
            var kind = IMB_ARCH_NONE
            init_mb_mgr_auto(table, &kind)
            let kinds = [IMB_ARCH_SSE, IMB_ARCH_AVX, IMB_ARCH_AVX2, IMB_ARCH_AVX512]
            guard kinds.contains(kind) else { return nil }
            expand = table.pointee.gcm256_pre
            begin = table.pointee.gcm256_init
            seal = table.pointee.gcm256_enc_update
            open = table.pointee.gcm256_dec_update
            endSealing = table.pointee.gcm256_enc_finalize
            endOpening = table.pointee.gcm256_dec_finalize
        }
    }
#endif
