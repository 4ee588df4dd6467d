using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Scoring.Server.Access;

/// <summary>API keys as callers send them: "scoring_", the id, "_" and the secret. Whoever finds one in a file or a log knows what it is.</summary>
internal static class KeyText
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "scoring_";

    private const string IdLetters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int IdLength = 10;
    private const int SecretBytes = 32;

    /// <summary>Bytes of a secret in base64url (RFC 4648, section 5).</summary>
    private const int SecretLength = 43;

    /// <summary>A new id.</summary>
    public static string NewId() => RandomNumberGenerator.GetString(IdLetters, IdLength);

    /// <summary>A new key.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="hash">What to keep of its secret.</param>
    public static string New(string id, out byte[] hash)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        hash = HashOf(secret);
        return $"{Prefix}{id}_{secret}";
    }

    /// <summary>Takes a key apart; false for what has not the form of one.</summary>
    public static bool TryRead(string key, out string id, out byte[] hash)
    {
        (id, hash) = ("", []);
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }
        var rest = key.AsSpan(Prefix.Length);
        var end = rest.IndexOf('_');
        // A secret may have '_' itself.
        if (end is < 1 or > IdLength || rest.Length != end + 1 + SecretLength || !Base64Url.IsValid(rest[(end + 1)..]))
        {
            return false;
        }
        (id, hash) = (rest[..end].ToString(), HashOf(rest[(end + 1)..]));
        return true;
    }

    private static byte[] HashOf(ReadOnlySpan<char> secret)
    {
        Span<byte> utf8 = stackalloc byte[SecretLength];
        return SHA256.HashData(utf8[..Encoding.ASCII.GetBytes(secret, utf8)]);
    }
}
