using System.Security.Cryptography;
using System.Text;
using Scoring.Server.Access;

namespace Scoring.Server.Admin;

/// <summary>
/// Names what was deleted in the audit log, which must not hold the id: by an HMAC-SHA256 (RFC 2104) of it under a key of the store's own, so that nobody finds
/// the id by trying ids who has not the store.
/// </summary>
internal sealed class KeyedHash(IDocuments documents)
{
    private const string Document = "audit-key";
    private const int KeyBytes = 32;

    /// <summary>The name of something that is deleted; the same for the same thing in all servers of the store.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="workspace">Its workspace.</param>
    /// <param name="id">Its id.</param>
    public async Task<string> OfAsync(string kind, string workspace, string id)
    {
        var hash = HMACSHA256.HashData(await KeyAsync(), Encoding.UTF8.GetBytes($"{kind}\n{workspace}\n{id}"));
        return $"{kind} hmac-sha256:{Convert.ToHexStringLower(hash)}";
    }

    private async Task<byte[]> KeyAsync()
    {
        while (true)
        {
            if (await documents.ReadAsync(Document) is { Content.Length: > 0 } stored)
            {
                return stored.Content;
            }
            await documents.TryPutAsync(Document, replaced: 0, RandomNumberGenerator.GetBytes(KeyBytes));
        }
    }
}
