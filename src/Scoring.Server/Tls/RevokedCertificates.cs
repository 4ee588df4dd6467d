using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Scoring.Tls;

namespace Scoring.Server.Tls;

/// <summary>The certificates that lists of revocation name, by issuer and serial number (RFC 5280, section 5.1).</summary>
/// <remarks>The lists are the operator's own file, so their signatures are not looked at, as those of the roots beside them are not.</remarks>
internal sealed class RevokedCertificates
{
    public static readonly RevokedCertificates None = new([], null);

    private const string Label = "X509 CRL";

    private readonly FrozenSet<(string Issuer, string Serial)> _revoked;

    private RevokedCertificates(HashSet<(string Issuer, string Serial)> revoked, DateTimeOffset? staleSince) =>
        (_revoked, StaleSince) = (revoked.ToFrozenSet(), staleSince);

    /// <summary>When the first of the lists should have been replaced by; null if none says so.</summary>
    public DateTimeOffset? StaleSince { get; }

    /// <exception cref="InvalidDataException">The file holds no list, or one that cannot be read.</exception>
    public static RevokedCertificates Load(PemFile file)
    {
        var revoked = new HashSet<(string Issuer, string Serial)>();
        DateTimeOffset? staleSince = null;
        var found = false;
        for (
            var rest = file.Text.AsSpan();
            PemEncoding.TryFind(rest, out var fields);
            rest = rest[fields.Location.End..]
        )
        {
            if (rest[fields.Label] is not Label)
            {
                continue;
            }

            found = true;
            try
            {
                var next = Read(Convert.FromBase64String(rest[fields.Base64Data].ToString()), revoked);
                staleSince = next < staleSince || staleSince is null ? next : staleSince;
            }
            catch (Exception exception) when (exception is AsnContentException or FormatException)
            {
                throw file.Wrong("holds a list of revoked certificates that cannot be read");
            }
        }

        return found
            ? new RevokedCertificates(revoked, staleSince)
            : throw file.Wrong($"holds no list of revoked certificates in PEM ({Label})");
    }

    /// <summary>Whether a certificate of a chain is revoked.</summary>
    public bool HasAnyOf(X509Chain chain) =>
        _revoked.Count > 0
        && chain.ChainElements.Any(element =>
            _revoked.Contains(
                (
                    Convert.ToHexString(element.Certificate.IssuerName.RawData),
                    Number(element.Certificate.SerialNumberBytes.Span)
                )
            )
        );

    /// <returns>When the list should have been replaced by, if it says so.</returns>
    private static DateTimeOffset? Read(byte[] list, HashSet<(string Issuer, string Serial)> revoked)
    {
        var content = new AsnReader(list, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        if (content.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            // The version.
            content.ReadEncodedValue();
        }

        // The algorithm of the signature.
        content.ReadEncodedValue();
        var issuer = Convert.ToHexString(content.ReadEncodedValue().Span);
        ReadTime(content);
        DateTimeOffset? next = IsTime(content) ? ReadTime(content) : null;
        if (!content.HasData || !content.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            return next;
        }

        for (var entries = content.ReadSequence(); entries.HasData; )
        {
            revoked.Add((issuer, Number(entries.ReadSequence().ReadIntegerBytes().Span)));
        }

        return next;
    }

    private static bool IsTime(AsnReader content) =>
        content.HasData
        && (
            content.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
            || content.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime)
        );

    private static DateTimeOffset ReadTime(AsnReader content) =>
        content.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? content.ReadUtcTime() : content.ReadGeneralizedTime();

    /// <summary>A serial number without the zeros that only keep it positive.</summary>
    private static string Number(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes.TrimStart((byte)0));
}
