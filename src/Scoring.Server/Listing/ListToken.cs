using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Scoring.Core.Listing;
using Scoring.Server.Calls;
using Scoring.Server.Errors;

namespace Scoring.Server.Listing;

/// <summary>Page tokens of lists: where the page begins, and what the list was asked for by, so that nobody reads on by another question.</summary>
/// <param name="kind">What is listed, which tells its tokens from those of others.</param>
internal sealed class ListToken(string kind)
{
    private const int LongestToken = 512;
    private readonly string _prefix = kind + "/1/";

    /// <summary>The token of a place.</summary>
    /// <param name="place">The place.</param>
    /// <param name="question">What was asked for, in words.</param>
    public string Write(ListPlace place, string question) =>
        Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_prefix}{DigestOf(question)}/{place.Offset}/{place.List}"
                )
            )
        );

    /// <summary>The place that a token leads to.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: it is no token, or that of another question.</exception>
    public ListPlace Read(string token, string question)
    {
        if (token.Length <= LongestToken && Base64Url.IsValid(token))
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            if (
                text.StartsWith(_prefix, StringComparison.Ordinal)
                && text[_prefix.Length..].Split('/', 3) is [var digest, var offset, var list]
                && int.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var before)
            )
            {
                return digest == DigestOf(question)
                    ? new(list, before)
                    : throw CallErrors.From(
                        FieldFault.Invalid(
                            "page_token",
                            "belongs to a list that was asked for otherwise: give the same workspace, model, segment, filter, order_by and read_time as for its first page"
                        )
                    );
            }
        }
        throw Paging<string>.NoSuchPage();
    }

    private static string DigestOf(string question) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(question)).ToString("x16", CultureInfo.InvariantCulture);
}
